// Names for messages and requests. randomUUID is missing on plain-http addresses, getRandomValues is not.
export function newId() {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
