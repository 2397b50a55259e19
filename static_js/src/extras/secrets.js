/**
 * Fields whose values are nobody's business: passwords, cards, one-time codes, tokens. They are told
 * by type, autocomplete, name and label, in the languages of the table; where in doubt a field is
 * secret, because a lead without it is still a lead.
 *
 * Names of autocomplete: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill
 *
 * @module
 */

/**
 * Each name and label is made lower case, without accents, its words parted by single spaces.
 * `anywhere`: one of these among its words; `alone`: nothing but this; `hidden`: the same, in hidden
 * inputs only.
 */
const SECRETS = {
  anywhere: [
    // passwords: en, de, fr, es, it, nl, pl, pt, da, no, sv, fi, cs, hu, tr, ru, ja, zh, ko
    "pass ?(words?|wd|wort|codes?|phrase|ord)|(new|old|user|login|confirm|repeat) pass|pwd|kennwort|mot ?(de ?)?passe|mdp",
    "contrasenas?|clave (secreta|de acceso)|parola (chiave|d ordine)|wachtwoord|hasl[oa]|senha|palavra passe",
    "adgangskode|kodeord|losenord|salasana|heslo|jelszo|sifre|парол[ья]|パスワード|密码|비밀번호",
    // cards
    "(credit|debit|bank|payment) ?cards?|name on card|card ?(num(ber)?|no|nr|code|holder|cvc|exp\\w*|verification)",
    "cc ?(num(ber)?|no|nr|exp\\w*|cvc|csc|cvv|name|month|year)|cvc2?|ccv2?|cvv2?|csc|cvn|security ?code|exp(iry|iration)? ?(month|year|mm|yy)",
    "(kredit|debit|bank)?karten ?(nummer|nr|inhaber|prufnummer|prufziffer)|(kredit|debit|ec)karten?|prufziffer|sicherheits ?code",
    "carte (bancaire|bleue|de credit|de debit)|num(ero)? (de )?(la )?carte|cryptogramme|code de securite",
    "num(ero)? (de )?(la )?tarjeta|tarjeta de (credito|debito)|codigo de seguridad",
    "num(ero)? (della )?carta|carta di (credito|debito)|codice di sicurezza",
    "(credit)?(card|kaart) ?nummer|betaalpas|bankpas|beveiligings ?code|numer karty|karta (kredytowa|platnicza|debetowa)|kod (bezpieczenstwa|cvc|cvv)",
    "numero do cartao|cartao de (credito|debito)|codigo de seguranca|kortnummer",
    // one-time codes and PINs
    "otp|totp|[2m]fa|one time (code|password)|(sms|verification|confirmation|authentication|auth|login|access) ?code|pin ?(code|number|nummer|kod)",
    "(m|sms) ?tan|einmal ?(code|passwort|kennwort)|(bestatigungs|verifizierungs|zugangs|freischalt) ?code",
    "code (de )?(verification|confirmation|acces|a usage unique|sms|secret)|codigo (de )?(verificacion|confirmacion|acceso|sms|un solo uso)",
    "codice (di )?(verifica|conferma|accesso|sms|monouso)|(verificatie|bevestigings|eenmalige|toegangs) ?code",
    "kod (sms|weryfikacyjny|jednorazowy|dostepu|potwierdzajacy|pin)",
    // tokens
    "[cx]srf\\w*|re ?captcha|[hg]? ?captcha|\\w*nonce|token|turnstile|(request|anti forgery) ?verification|authenticity",
    "(api|access|private|secret) ?key|secret|jwt",
  ],
  alone: [
    "pass|pw ?\\d?|psw|clave|parola|pin|tan|pan|card|cc|tarjeta|carta|karta|kaart|carte",
    "exp(iry|iration)?( date)?|(card )?(expiry|expiration)( date)?|exp ?date|ablauf ?datum|gultig bis|date d ?expiration|expire (fin|le)",
    "(fecha de )?(caducidad|vencimiento)|(data di )?scadenza|verval ?datum|data waznosci",
  ],
  hidden: [
    "form build id|view ?state\\w*|event ?validation|(php ?)?sess(ion)?( ?id)?|sid|(\\w+ )*(signature|hmac|hash|state|key)( \\d+)?",
    "auth( \\w+)?|security|checksum|hs context",
  ],
};

const anywhere = new RegExp(`^(.* )?(${SECRETS.anywhere.join("|")})( .*)?$`);
const alone = new RegExp(`^(${SECRETS.alone.join("|")})$`);
const hidden = new RegExp(`^(${SECRETS.hidden.join("|")})$`);

/** More of a label says no more about what belongs into its field. */
const LONGEST = 100;

/** @param {string} text */
const wordsOf = (text) =>
  text
    .slice(0, LONGEST)
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .normalize("NFC")
    .replace(/ł/g, "l")
    .replace(/Ł/g, "L")
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .replace(/[^\p{L}\d]+/gu, " ")
    .trim();

const AUTOCOMPLETE = /(^|\s)(cc-\S+|(current|new)-password|one-time-code|transaction-\S+)(\s|$)/;

/** What a person may well type into a field that is about codes of another kind. */
const HARMLESS = /(^|\s)(postal-code|country|tel\S*|email|bday\S*|url|organization)(\s|$)/;

/** A long run of characters that no person writes, and that is no address. */
const RANDOM = /^(?!https?:)(?=.*\d)(?=.*[A-Za-z])[\w+/=.:-]{24,}$/;

/** Names that are tokens themselves, and a system's own, also as part of another: `a[__b]`, `$ACTION_ID`. */
const PLUMBING = /^[\da-f]{24,}$|^_|\[_|^\$/i;

/** Inputs of that name hold what a campaign's link held, click ids above all. */
const CAMPAIGN = /utm|clid|braid|client_?id|fat_id|epik|rdt_cid|fb[pc]\b/i;

/** Digits that pass the check of payment cards (ISO/IEC 7812-1, annex B). */
const isCardNumber = (/** @type {string} */ text) => {
  const digits = text.replace(/[\s-]/g, "");
  if (!/^[2-6]\d{14,18}$/.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const value = +digit * (place % 2 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 == 0;
};

/**
 * @typedef {object} Field
 * @property {string} [type]
 * @property {string} [autocomplete]
 * @property {string} [name]
 * @property {string} [id]
 * @property {string} [label]
 * @property {string} [value] looked at last, and only to keep it back
 */

/** @param {Field} field */
export const isSecret = ({ type, autocomplete = "", name = "", id = "", label = "", value = "" }) => {
  const hints = autocomplete.toLowerCase();
  if (type == "password" || AUTOCOMPLETE.test(hints)) return true;
  if (isCardNumber(value)) return true;
  if (type != "hidden" && HARMLESS.test(hints)) return false;
  const texts = [name, id, label].map(wordsOf);
  if (texts.some((text) => anywhere.test(text) || alone.test(text))) return true;
  if (type != "hidden" || CAMPAIGN.test(name)) return false;
  return PLUMBING.test(name) || texts.some((text) => hidden.test(text)) || RANDOM.test(value);
};
