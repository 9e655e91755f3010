// Reads files of a ZIP archive, such as an EPUB or DOCX file.

const END = 0x06054b50;
const ENTRY = 0x02014b50;
// The most that one file may unpack to, in bytes.
const MOST = 64 << 20;

/** @param {ArrayBuffer} archive @returns {{names: string[], text: (name: string) => Promise<string>}} */
export function unzip(archive) {
  const view = new DataView(archive);
  let end = archive.byteLength - 22;
  while (end >= 0 && view.getUint32(end, true) !== END) end -= 1;
  if (end < 0) throw new Error('no ZIP archive');
  /** @type {Map<string, {method: number, packed: number, at: number}>} */
  const entries = new Map();
  let at = view.getUint32(end + 16, true);
  for (let count = view.getUint16(end + 10, true); count > 0 && view.getUint32(at, true) === ENTRY; count -= 1) {
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const path = new TextDecoder().decode(new Uint8Array(archive, at + 46, name));
    entries.set(path, {
      method: view.getUint16(at + 10, true),
      packed: view.getUint32(at + 20, true),
      at: view.getUint32(at + 42, true),
    });
    at += 46 + name + extra + comment;
  }
  return { names: [...entries.keys()], text: (name) => unpack(view, entries.get(name)) };
}

/** @param {DataView} view @param {{method: number, packed: number, at: number} | undefined} entry */
async function unpack(view, entry) {
  if (!entry) throw new Error('the file is not in the archive');
  const start = entry.at + 30 + view.getUint16(entry.at + 26, true) + view.getUint16(entry.at + 28, true);
  const bytes = new Uint8Array(/** @type {ArrayBuffer} */ (view.buffer), start, entry.packed);
  if (entry.method === 0) return new TextDecoder().decode(bytes);
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const decoder = new TextDecoder();
  let [text, total] = ['', 0];
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    total += piece.value.length;
    if (total > MOST) throw new Error('the file is too large');
    text += decoder.decode(piece.value, { stream: true });
  }
  return text + decoder.decode();
}
