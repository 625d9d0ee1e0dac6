// Lets a form carry what an authenticator answers. Where a browser has no passkeys the form stays out of sight.
"use strict";
// An address without a name has none either.
const named = !/^[\d.]+$|:/.test(location.hostname);
for (const form of document.querySelectorAll("form[data-passkey]")) {
  const isNew = form.dataset.passkey === "new";
  const read = window.PublicKeyCredential?.[isNew ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON"];
  if (!read || !named) continue;
  form.hidden = false;
  form.addEventListener("submit", async event => {
    event.preventDefault();
    const trouble = form.querySelector("[role=alert]");
    trouble.hidden = true;
    try {
      const asked = await fetch(form.dataset.asks, { method: "POST" });
      if (!asked.ok) throw new Error(asked.statusText);
      const publicKey = read.call(PublicKeyCredential, await asked.json());
      const answer = await (isNew ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey }));
      form.elements.credential.value = JSON.stringify(answer);
      form.submit();
    } catch {
      trouble.hidden = false;
    }
  });
}
