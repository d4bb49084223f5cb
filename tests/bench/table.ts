/** The middle of some values, without those that are not known. */
export function median(values: readonly (number | undefined)[]): number {
  const known = values.filter((value) => value !== undefined).sort((one, other) => one - other);
  return known[Math.floor(known.length / 2)] ?? Number.NaN;
}

/** Lays cells out in columns. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  return rows
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Says whether an aim is met. */
export const verdict = (isMet: boolean): string => (isMet ? "met" : "missed");
