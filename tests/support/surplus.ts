/** What a list has more often than another. */
export function surplus(before: readonly string[], now: readonly string[]): readonly string[] {
  const rest = [...before];
  return now.filter((each) => {
    const index = rest.indexOf(each);
    if (index >= 0) rest.splice(index, 1);
    return index < 0;
  });
}
