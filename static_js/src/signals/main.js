export const watch = () => {};
