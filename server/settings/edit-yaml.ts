import { isDeepStrictEqual } from "node:util";
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseDocument, Scalar, visit, type YAMLMap, type YAMLSeq } from "yaml";
import { align } from "./align.ts";
import { mergeLines } from "./merge-lines.ts";

/**
 * A YAML text changed so that it means `next`. Comments, order, quotes and numbers' notation stay with what stays. What an
 * alias shows is not changed through it, nor by changing what it refers to: there the alias becomes a value of its own.
 */
export function editYaml(text: string, next: unknown): string {
  const isCrlf = text.includes("\r\n");
  const bom = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const original = text.slice(bom.length).replaceAll("\r\n", "\n");
  const document: Document = parseDocument<Node>(original);
  const [error] = document.errors;
  if (error) throw error;
  if (document.contents !== null && isDeepStrictEqual(document.toJS(), next)) return text;
  const style = styleOf(original);
  const before = document.toString(style);
  detach(document, next);
  document.contents = change(document, document.contents, next);
  const after = document.toString(style);
  // What has been printed has lost the white space of lines that nobody wanted to change.
  const merged = mergeLines(original, before, after);
  const result = means(merged, next) ? merged : after;
  return bom + (isCrlf ? result.replaceAll("\n", "\r\n") : result);
}

function means(text: string, value: unknown): boolean {
  const document = parseDocument(text);
  return document.errors.length === 0 && isDeepStrictEqual(document.toJS(), value);
}

function change(document: Document, node: Node | null, value: unknown): Node {
  if (node !== null && isDeepStrictEqual(node.toJS(document), value)) return node;
  if (isMap(node) && typeof value === "object" && value !== null && !Array.isArray(value) && hasPlainKeys(node)) return changeMap(document, node, value as Record<string, unknown>);
  if (isSeq(node) && Array.isArray(value)) return changeSequence(document, node, value);
  return replace(document, node, value);
}

function changeMap(document: Document, node: YAMLMap, value: Record<string, unknown>): Node {
  const old = node.items as Pair<Node, Node | null>[];
  if (old.length === 0) node.flow = false;
  const kept = old.filter(({ key }) => Object.hasOwn(value, keyOf(key)));
  for (const pair of kept) pair.value = change(document, pair.value, value[keyOf(pair.key)]);
  const known = new Set(kept.map(({ key }) => keyOf(key)));
  const added = Object.entries(value).filter(([key]) => !known.has(key));
  node.items = [...kept, ...added.map(([key, inner]) => document.createPair(key, inner, createOptions))] as YAMLMap["items"];
  return node;
}

function changeSequence(document: Document, node: YAMLSeq, value: unknown[]): Node {
  const old = node.items as Node[];
  if (old.length === 0) node.flow = false;
  const origins = align(old.map((item) => item.toJS(document) as unknown), value);
  node.items = origins.map((origin, index) => change(document, origin === null ? null : old[origin]!, value[index]));
  return node;
}

/** A new node, with the comments of the one whose place it takes. */
function replace(document: Document, old: Node | null, value: unknown): Node {
  const node = document.createNode(value, createOptions) as Node;
  if (old === null) return node;
  node.comment = old.comment ?? null;
  node.commentBefore = old.commentBefore ?? null;
  if (old.spaceBefore === true) node.spaceBefore = true;
  if (isScalar(node) && isScalar(old) && typeof node.value === "string" && (old.type === Scalar.QUOTE_DOUBLE || old.type === Scalar.QUOTE_SINGLE)) node.type = old.type;
  return node;
}

/** Makes values of the aliases to what is going to change. */
function detach(document: Document, next: unknown): void {
  const changing = new Set<Node>();

  function find(node: Node | null, value: unknown): void {
    if (node === null || isAlias(node) || isDeepStrictEqual(node.toJS(document), value)) return;
    changing.add(node);
    if (isMap(node)) {
      const values = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
      for (const { key, value: inner } of node.items as Pair<Node, Node | null>[]) {
        changing.add(key);
        const name = keyOf(key);
        find(inner, Object.hasOwn(values, name) ? values[name] : undefined);
      }
    } else if (isSeq(node)) {
      const items = node.items as Node[];
      const origins = Array.isArray(value) ? align(items.map((item) => item.toJS(document) as unknown), value) : [];
      for (const [index, item] of items.entries()) {
        const place = origins.indexOf(index);
        find(item, place < 0 ? undefined : (value as unknown[])[place]);
      }
    }
  }

  find(document.contents, next);
  // A value that shows another alias is made of what it means now.
  const shown = new Map<Node, unknown>();
  visit(document, { Alias: (_, alias) => void shown.set(alias, alias.toJS(document)) });
  visit(document, { Alias: (_, alias) => {
    const source = alias.resolve(document);
    return source !== undefined && changing.has(source) ? document.createNode(shown.get(alias), createOptions) : undefined;
  } });
}

/** Equal objects in what is written are not made aliases of each other. */
const createOptions = { aliasDuplicateObjects: false };

function keyOf(key: Node): string {
  return isScalar<string | number | boolean | null>(key) && key.value !== null ? String(key.value) : "";
}

/** Whether each key is the name of a member. Lists as keys and the like are written anew. */
function hasPlainKeys(node: YAMLMap): boolean {
  return node.items.every(({ key }) => isScalar(key));
}

function styleOf(text: string): { lineWidth: 0; indent: number; indentSeq: boolean; flowCollectionPadding: boolean; singleQuote: boolean } {
  return {
    lineWidth: 0,
    indent: /^( +)[^\s#-]/m.exec(text)?.[1]?.length ?? 2,
    // A list below its key's own column.
    indentSeq: !/^( *)[^\s#-][^\n]*:[^\S\n]*\n(?:[^\S\n]*(?:#[^\n]*)?\n)*\1- /m.test(text),
    flowCollectionPadding: !/[{[][^\s}\]]/.test(text),
    singleQuote: /^[^#"]*: '/m.test(text),
  };
}
