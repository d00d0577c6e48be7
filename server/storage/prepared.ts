import type { Compilable, CompiledQuery } from "kysely";

/**
 * A query that Kysely builds and compiles once, to be run many times with other values. Building one costs Kysely
 * more than running it costs SQLite, so what every turn runs is made with this.
 *
 *     const find = prepare<{ id: string }>()((value) => kysely.selectFrom("runs").selectAll().where("id", "=", value("id")));
 *     const { rows } = await kysely.executeQuery(find({ id }));
 *
 * The values are named, so that their order in the SQL is nobody's concern. Every value must be a parameter of the
 * query: a `null` in an `is null`, or a list in an `in`, shapes the SQL itself and cannot be one.
 */
export function prepare<Values extends object>() {
  return <Row>(build: (value: <Name extends keyof Values>(name: Name) => Values[Name]) => Compilable<Row>) => {
    // While the query is built, a placeholder stands for each value; no builder looks inside it.
    const compiled = build((name) => new Placeholder(name) as never).compile();
    const { sql, query, queryId, parameters: sources } = compiled;
    // Which value goes where is found out once; what is no placeholder is a constant of the query.
    const names = sources.map((source) => (source instanceof Placeholder ? (source.name as keyof Values) : undefined));

    return (values: Values): CompiledQuery<Row> => ({
      sql,
      query,
      queryId,
      parameters: names.map((name, index) => (name === undefined ? sources[index] : values[name])),
    });
  };
}

class Placeholder {
  readonly name: PropertyKey;

  constructor(name: PropertyKey) {
    this.name = name;
  }
}
