/** The shortest part of a list that still fails, by leaving out ever smaller stretches (ddmin, simplified). */
export const shrink = <A>(list: readonly A[], fails: (part: readonly A[]) => boolean): readonly A[] => {
  let shortest = list;
  for (let stretch = Math.ceil(list.length / 2); stretch >= 1; stretch = Math.floor(stretch / 2)) {
    for (let from = 0; from < shortest.length;) {
      const part = [...shortest.slice(0, from), ...shortest.slice(from + stretch)];
      if (fails(part)) shortest = part;
      else from += stretch;
    }
  }
  return shortest;
};
