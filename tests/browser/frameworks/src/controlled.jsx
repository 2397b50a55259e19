/** A form of another system whose every value is React's: what an input holds without telling React is lost. */
import { useState } from "react";
import { createRoot } from "react-dom/client";

function Order() {
  const [values, setValues] = useState({ email: "", gclid: "", utm_source: "", campaign: "" });
  const [done, setDone] = useState(false);
  const hold = ({ currentTarget: { name, value } }) => setValues((held) => ({ ...held, [name]: value }));
  const send = async (event) => {
    event.preventDefault();
    await fetch("/order", { method: "POST", body: new URLSearchParams(values) });
    setDone(true);
  };
  if (done) return <h1>Thank you</h1>;
  return (
    <form data-collector="" onSubmit={send}>
      <label>email <input name="email" value={values.email} onChange={hold} /></label>
      <input type="hidden" name="gclid" value={values.gclid} onInput={hold} />
      <input type="hidden" name="utm_source" value={values.utm_source} onInput={hold} />
      <input name="campaign" aria-label="campaign" data-collector-fill="utm_campaign" value={values.campaign} onChange={hold} />
      <button>Send</button>
    </form>
  );
}

export const show = () => createRoot(document.getElementById("root")).render(<Order />);
