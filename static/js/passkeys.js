// Forms marked data-passkey ask the browser for a passkey: "create" makes one, "get" proves one. Its options are in
// the JSON element that data-options names, or fetched from the form's address. Buttons stay hidden without WebAuthn.
const decode = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));
const encode = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const withIds = (list = []) => list.map((one) => ({ ...one, id: decode(one.id) }));

const create = async ({ publicKey }, alone) => {
  const made = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: decode(publicKey.challenge),
      user: { ...publicKey.user, id: decode(publicKey.user.id) },
      excludeCredentials: withIds(publicKey.excludeCredentials),
      authenticatorSelection: {
        ...publicKey.authenticatorSelection,
        residentKey: alone ? "required" : "discouraged",
        requireResidentKey: alone,
        ...(alone ? { userVerification: "required" } : {}),
      },
    },
  });
  return {
    clientDataJSON: encode(made.response.clientDataJSON),
    attestationObject: encode(made.response.attestationObject),
    transports: made.response.getTransports?.() ?? [],
    made,
  };
};

const get = async ({ publicKey }) => {
  const made = await navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: decode(publicKey.challenge),
      allowCredentials: withIds(publicKey.allowCredentials),
    },
  });
  return {
    clientDataJSON: encode(made.response.clientDataJSON),
    authenticatorData: encode(made.response.authenticatorData),
    signature: encode(made.response.signature),
    userHandle: made.response.userHandle ? encode(made.response.userHandle) : null,
    made,
  };
};

const fetched = async (address) =>
  (await fetch(address, { headers: { Accept: "application/json" } })).json();

const optionsOf = async (form) => {
  const inPage = form.dataset.options && document.getElementById(form.dataset.options);
  const given = inPage ? JSON.parse(inPage.textContent) : await fetched(form.action);
  return given.creation_options ?? given.request_options;
};

const answer = ({ made, ...response }) =>
  JSON.stringify({
    type: made.type,
    id: made.id,
    rawId: encode(made.rawId),
    authenticatorAttachment: made.authenticatorAttachment,
    clientExtensionResults: made.getClientExtensionResults(),
    response,
  });

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const failure = form.querySelector("[data-passkey-failed]");
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failure.hidden = true;
    try {
      const options = await optionsOf(form);
      form.elements.credential.value = answer(
        form.dataset.passkey === "create"
          ? await create(options, form.elements.passwordless?.checked ?? true)
          : await get(options),
      );
      form.submit();
    } catch {
      failure.hidden = false;
    }
  });
}

// A region marked data-passkey-instead sends the form it stands in with a new passkey in place of what is asked for in
// data-password-fields, which are off meanwhile; it is made only once nothing else is missing. What is marked
// data-passkey-possible tells of it earlier on the page.
for (const region of document.querySelectorAll("[data-passkey-instead]")) {
  if (!window.PublicKeyCredential) continue;
  region.hidden = false;
  const button = region.querySelector("button");
  const failure = region.querySelector("[data-passkey-failed]");
  const form = button.form;
  const passwords = form.querySelector("[data-password-fields]");
  form.querySelector("[data-passkey-possible]").hidden = false;
  button.addEventListener("click", async () => {
    if (passwords.disabled) return;
    failure.hidden = true;
    passwords.disabled = true;
    try {
      if (!form.reportValidity()) return;
      const { creation_options: options } = await fetched(region.dataset.optionsFrom);
      form.elements.credential.value = answer(await create(options, true));
      form.submit();
    } catch {
      failure.hidden = false;
    } finally {
      passwords.disabled = false;
    }
  });
}
