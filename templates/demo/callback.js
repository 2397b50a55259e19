// Sends the callback form by script and stays on the page. Without the collector's script the form posts by itself.
const form = document.getElementById("callback");
const button = form.querySelector("button");
const status = form.querySelector("[role=status]");

form.addEventListener("submit", async (event) => {
  if (!window.collector?.submit) return;
  event.preventDefault();
  button.disabled = true;
  status.textContent = "Sending …";
  try {
    await window.collector.submit(form);
    status.textContent = "Thank you. We will ring you soon.";
    form.reset();
  } catch {
    status.textContent = "That did not work. Please try again in a minute.";
  }
  button.disabled = false;
});
