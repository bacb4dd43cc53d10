// Photos from a phone are many times larger than what anybody looks at: made smaller before they are sent.
const LONGEST = 2000;
const SMALL_ENOUGH = 700_000;

async function shrunk(file) {
  if (!file.type.startsWith("image/") || file.size <= SMALL_ENOUGH) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const small = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    if (!small || small.size >= file.size) return file;
    return new File([small], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return file; // what the browser cannot read, the server may
  }
}

for (const input of document.querySelectorAll('input[type="file"][accept^="image/"]')) {
  input.addEventListener("change", async () => {
    const chosen = new DataTransfer();
    for (const file of await Promise.all([...input.files].map(shrunk))) chosen.items.add(file);
    input.files = chosen.files;
  });
}
