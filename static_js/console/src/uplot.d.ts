/** uPlot as it is vendored: a global, of which charts use this much. */
declare class uPlot {
  static paths: { bars(options: object): unknown };
  static tzDate(date: Date, zone: string): Date;
  constructor(options: object, data: (number | null)[][], place: HTMLElement);
  setSize(size: { width: number; height: number }): void;
  destroy(): void;
}
