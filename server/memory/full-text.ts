import { CompiledQuery, type Selectable } from "kysely";
import type { Database } from "../storage/database.ts";
import type { MemoriesTable } from "../storage/schema.ts";
import { normalForm, type Term, wordsOf } from "./words.ts";

/** The entries that a search considers. */
export interface SearchScope {
  workspaces: readonly string[] | "*";
  /** All of them must be on an entry. */
  tags: readonly string[];
}

export interface Match {
  row: Selectable<MemoriesTable>;
  /** BM25: greater is better, and says something only beside the others. */
  relevance: number;
}

/** The full-text index of the memory: the only place with SQL of SQLite's own, which another database has a sibling of. */
export interface FullText {
  /** The query that puts an entry into the index; of one transaction with the entry's own. An entry that is deleted is taken out by a trigger. */
  add(number: number, entry: { workspaceId: string; text: string; tags: readonly string[] }): CompiledQuery;
  /** The entries that have any of the terms, the most relevant first. */
  find(terms: readonly Term[], scope: SearchScope): Match[];
}

/**
 * SQLite's FTS5 (https://sqlite.org/fts5.html). An entry's words are one column, and its workspace and tags, as words that no text has, the
 * other: so a tenant's search reads nothing of the others, and a common word of theirs costs it nothing.
 */
export function createSqliteFullText({ database }: { database: Database }): FullText {
  const { read } = database;

  /** How many entries an expression fits, as far as it matters. */
  function count(expression: string): number {
    const [row] = read<{ count: number }>(CompiledQuery.raw(countSql, [expression, mostRanked + 1]));
    return row?.count ?? 0;
  }

  /**
   * What to rank; undefined where nothing fits. All the entries that have a common word would take too long, and the word would
   * tell little: the rarest terms are taken, as long as what they find can be ranked. Where all are common, an entry must have them all.
   */
  function expressionOf(terms: readonly Term[], labels: string): string | undefined {
    const counted = terms.map((term) => ({ word: quoted(term), found: count(within(labels, quoted(term))) })).filter(({ found }) => found > 0);
    const [rarest] = counted.sort((a, b) => a.found - b.found);
    if (rarest === undefined) return undefined;
    let sum = 0;
    const rare = counted.filter(({ found }) => (sum += found) <= mostRanked);
    if (rare.length > 0) return within(labels, rare.map(({ word }) => word).join(" OR "));
    const all = within(labels, counted.map(({ word }) => word).join(" AND "));
    return count(all) > 0 ? all : within(labels, rarest.word);
  }

  return {
    add(number, { workspaceId, text, tags }) {
      const words = wordsOf(normalForm([text, ...tags].join("\n")));
      return CompiledQuery.raw(addSql, [number, [workspaceLabel(workspaceId), ...tags.map(tagLabel)].join(" "), words.map(({ word }) => word).join(" ")]);
    },
    find(terms, scope) {
      const expression = scope.workspaces.length === 0 ? undefined : expressionOf(terms, labelsOf(scope));
      if (expression === undefined) return [];
      const rows = read<Selectable<MemoriesTable> & { relevance: number }>(CompiledQuery.raw(findSql, [expression, mostRanked, mostFound]));
      return rows.map(({ relevance, ...row }) => ({ row, relevance }));
    },
  };
}

/** The newest so many of what fits are ranked, and the best so many of those are given back. */
const mostRanked = 2000;
const mostFound = 100;

const countSql = "select count(*) as count from (select 1 from memory_index where memory_index match ? limit ?)";
const addSql = "insert into memory_index (rowid, labels, words) values (?, ?, ?)";
const findSql = `
  select memories.*, found.relevance
  from (
    select rowid, relevance
    from (select rowid, -bm25(memory_index, 0.0, 1.0) as relevance from memory_index where memory_index match ? order by rowid desc limit ?)
    order by relevance desc, rowid desc limit ?
  ) as found
  join memories on memories.number = found.rowid
  order by found.relevance desc, found.rowid desc`;

/** Words are letters, digits and emoji alone: in quotes nothing in them is an operator. */
const quoted = ({ word, isPrefix }: Term) => `"${word}"${isPrefix ? " *" : ""}`;

const within = (labels: string, expression: string) => (labels === "" ? `words : (${expression})` : `${labels} AND words : (${expression})`);

function labelsOf({ workspaces, tags }: SearchScope): string {
  const labels = tags.map((tag) => `labels : "${tagLabel(tag)}"`);
  if (workspaces !== "*") labels.unshift(`labels : (${workspaces.map((id) => `"${workspaceLabel(id)}"`).join(" OR ")})`);
  return labels.join(" AND ");
}

// In hex, which leaves the tokenizer nothing to part and nothing to fold.
const workspaceLabel = (id: string) => `w${Buffer.from(id).toString("hex")}`;
const tagLabel = (tag: string) => `t${Buffer.from(tag.toLowerCase()).toString("hex")}`;
