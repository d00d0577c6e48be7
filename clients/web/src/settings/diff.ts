export interface DiffLine {
  /** `gap`: lines that are the same were left out here. */
  kind: "same" | "added" | "removed" | "gap";
  text: string;
}

/** From the lines of one text to those of another with as few changes as there can be; of what stays, only a few lines around each change. */
export function diffLines(before: string, after: string, around = 3): DiffLine[] {
  const all = compare(before.split("\n"), after.split("\n"));
  const near = new Set<number>();
  all.forEach(({ kind }, index) => {
    if (kind === "same") return;
    for (let at = index - around; at <= index + around; at++) near.add(at);
  });
  const shown = [...near].filter((index) => index >= 0 && index < all.length).sort((a, b) => a - b);
  return shown.flatMap((index, nth) => (nth > 0 && shown[nth - 1] !== index - 1 ? [{ kind: "gap", text: "" }, all[index]!] : [all[index]!]));
}

/** Longest common subsequence, by its table of lengths; what is the same at both ends is left out of it. */
function compare(a: readonly string[], b: readonly string[]): DiffLine[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const x = a.slice(head, a.length - tail);
  const y = b.slice(head, b.length - tail);
  const same = (text: string): DiffLine => ({ kind: "same", text });
  return [...a.slice(0, head).map(same), ...compareMiddle(x, y), ...a.slice(a.length - tail).map(same)];
}

function compareMiddle(x: readonly string[], y: readonly string[]): DiffLine[] {
  const width = y.length + 1;
  const lengths = new Uint32Array((x.length + 1) * width);
  for (let i = x.length - 1; i >= 0; i--) {
    for (let j = y.length - 1; j >= 0; j--) {
      lengths[i * width + j] = x[i] === y[j] ? lengths[(i + 1) * width + j + 1]! + 1 : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < x.length || j < y.length) {
    if (i < x.length && j < y.length && x[i] === y[j]) {
      lines.push({ kind: "same", text: x[i++]! });
      j++;
    } else if (i < x.length && (j === y.length || lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!)) {
      lines.push({ kind: "removed", text: x[i++]! });
    } else {
      lines.push({ kind: "added", text: y[j++]! });
    }
  }
  return lines;
}
