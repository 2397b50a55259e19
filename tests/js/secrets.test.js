import assert from "node:assert/strict";
import { test } from "node:test";
import { isSecret } from "../../static_js/src/extras/secrets.js";

/** Names and labels by language; each is tried as a name, as a label and as an id. */
const SECRET = {
  en: ["Password", "user_password", "confirmPassword", "new_pass", "Card number", "cardNumber", "cc-num", "Name on card", "CVV", "CCV number", "Security code", "Expiry date", "One-time code", "Verification code", "otp", "PIN", "SMS code", "2fa_code"],
  de: ["Passwort", "Kennwort wiederholen", "Kartennummer", "Kreditkarte", "Kartenprüfnummer", "Sicherheitscode", "Ablaufdatum", "Gültig bis", "TAN", "mTAN", "Einmalpasswort", "Bestätigungscode", "Verifizierungscode"],
  fr: ["Mot de passe", "motdepasse", "Numéro de carte", "Carte bancaire", "Cryptogramme visuel", "Code de sécurité", "Date d'expiration", "Code de vérification", "Code de confirmation"],
  es: ["Contraseña", "contrasena", "Clave de acceso", "Número de tarjeta", "Tarjeta de crédito", "Código de seguridad", "Fecha de caducidad", "Código de verificación"],
  it: ["Parola chiave", "Numero della carta", "Carta di credito", "Codice di sicurezza", "Data di scadenza", "Codice di verifica"],
  nl: ["Wachtwoord", "Herhaal wachtwoord", "Kaartnummer", "Creditcardnummer", "Beveiligingscode", "Vervaldatum", "Verificatiecode", "Eenmalige code"],
  pl: ["Hasło", "Powtórz hasło", "Numer karty", "Karta kredytowa", "Kod CVV", "Data ważności", "Kod SMS", "Kod weryfikacyjny", "kod jednorazowy"],
  others: ["Senha", "Código de segurança", "Palavra-passe", "Adgangskode", "Lösenord", "Salasana", "Heslo", "Jelszó", "Şifre", "Пароль", "パスワード", "密码", "비밀번호"],
  tokens: ["csrf_token", "csrfmiddlewaretoken", "_csrf", "XSRF-TOKEN", "authenticity_token", "__RequestVerificationToken", "g-recaptcha-response", "h-captcha-response", "cf-turnstile-response", "_wpnonce", "access_token", "api_key", "client_secret"],
};

test("what is secret, by name, label and id", async (t) => {
  for (const [language, names] of Object.entries(SECRET))
    for (const name of names)
      await t.test(`${language}: ${name}`, () => {
        for (const part of ["name", "label", "id"]) assert.ok(isSecret({ type: "text", [part]: name }), part);
      });
});

test("what is secret, by type and autocomplete", () => {
  assert.ok(isSecret({ type: "password", name: "x" }));
  for (const autocomplete of ["current-password", "new-password", "cc-number", "section-a billing cc-csc", "CC-EXP", "one-time-code", "transaction-amount"])
    assert.ok(isSecret({ type: "text", autocomplete }), autocomplete);
});

test("what is secret only where it is hidden", () => {
  for (const name of ["form_key", "__VIEWSTATE", "PHPSESSID", "session_id", "signature", "state", "state_1", "_wpcf7_unit_tag", "antibot_key", "jakarta.faces.ViewState", "f[__trustedProperties]", "$ACTION_ID_x", "0ca4a4e8f2b6d1e4a3c5b7d9f0e1a2b3"]) {
    assert.ok(isSecret({ type: "hidden", name }), name);
    if (name == "state") assert.ok(!isSecret({ type: "text", name }));
  }
  assert.ok(isSecret({ type: "hidden", name: "v", value: "9fKq2LxT7mWc4RzB8nHd5YpQ" }));
});

const PLAIN = [
  "name", "Vorname", "email", "E-Mail-Adresse", "phone", "Téléphone", "Company", "message", "Nachricht", "Postcode", "Zip code", "Code postal", "Código postal",
  "Codice fiscale", "Promo code", "Gift card design", "Business card", "Passengers", "Passport number", "Country", "City", "Budget", "How did you hear about us?",
  "Tipo de pan", "Date of birth", "Sicherheit", "Anzahl Karten", "Secretary", "Compass", "Discard", "Tanzkurs",
];

test("what a lead is made of is not secret", async (t) => {
  for (const name of PLAIN)
    await t.test(name, () => {
      for (const part of ["name", "label", "id"]) assert.ok(!isSecret({ type: "text", [part]: name }), part);
    });
});

test("a click id in a hidden input is not mistaken for a token, nor an address", () => {
  const value = "Cj0KCQiA4feBhC9ARIsAJ1X2Y3zQwErTyUiOp";
  for (const name of ["gclid", "fbclid", "utm_content", "ga_client_id", "form_fields[gclid]"])
    assert.ok(!isSecret({ type: "hidden", name, value }), name);
  assert.ok(!isSecret({ type: "hidden", name: "page", value: "https://www.example.com/landing/page1" }));
  assert.ok(!isSecret({ type: "hidden", name: "product", value: "heat-pump" }));
});

test("a card number is kept back wherever it was typed, a phone number is not", () => {
  for (const value of ["4111 1111 1111 1111", "5500-0000-0000-0004", "340000000000009"])
    assert.ok(isSecret({ type: "text", name: "note", value }), value);
  for (const value of ["+49 151 23456789", "01632 960214", "4111111111111112", "Call 4111 1111 1111 1111"])
    assert.ok(!isSecret({ type: "text", name: "note", value }), value);
});

test("autocomplete says that a code is a harmless one", () => {
  assert.ok(!isSecret({ type: "text", name: "pincode", autocomplete: "postal-code" }));
});
