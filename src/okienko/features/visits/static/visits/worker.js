// Looks for a number that, set after the task, gives a SHA-256 beginning with so many zero bits.
const AT_ONCE = 256;

function zeroBits(digest) {
  let found = 0;
  for (const byte of new Uint8Array(digest)) {
    if (byte) return found + Math.clz32(byte) - 24;
    found += 8;
  }
  return found;
}

addEventListener("message", async ({ data: { task, bits } }) => {
  const encoder = new TextEncoder();
  for (let first = 0; ; first += AT_ONCE) {
    const numbers = Array.from({ length: AT_ONCE }, (_, index) => first + index);
    const digests = await Promise.all(numbers.map((one) => crypto.subtle.digest("SHA-256", encoder.encode(`${task}:${one}`))));
    const right = digests.findIndex((digest) => zeroBits(digest) >= bits);
    if (right >= 0) {
      postMessage(String(first + right));
      return;
    }
  }
});
