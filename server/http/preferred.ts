/**
 * Which of the media types an `Accept` header (RFC 9110, 12.5.1) prefers; the first of them where it says nothing, or nothing of
 * these. Parameters other than `q` are not looked at: Prometheus asks for one type in several versions.
 */
export function preferred<MediaType extends string>(accept: string | undefined, mediaTypes: readonly [MediaType, ...MediaType[]]): MediaType {
  let best: MediaType = mediaTypes[0];
  if (accept === undefined) return best;
  const ranges = accept.toLowerCase().split(",").map(readRange);
  let bestQuality = 0;
  for (const mediaType of mediaTypes) {
    const [family] = mediaType.split("/", 1);
    // What is said of the type itself counts for more than what is said of its family, or of all.
    const said = [mediaType, `${family}/*`, "*/*"].map((range) => ranges.filter(({ type }) => type === range)).find((found) => found.length > 0) ?? [];
    const quality = Math.max(0, ...said.map(({ quality }) => quality));
    if (quality > bestQuality) [best, bestQuality] = [mediaType, quality];
  }
  return best;
}

function readRange(text: string): { type: string; quality: number } {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim());
  const q = parameters.find((parameter) => parameter.startsWith("q="));
  const quality = q === undefined ? 1 : Number(q.slice(2));
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}
