/** A bounded number of places. Who comes gets one; when all are taken, the one who has held his longest loses it. */
export interface Places<Holder> {
  /** Passes over one that holds a place already. */
  readonly take: (newcomer: Holder) => void;
  /** Passes over one that holds none. */
  readonly giveUp: (holder: Holder) => void;
}

/** @param evict called with who loses his place; may give up places itself */
export const createPlaces = <Holder>(count: number, evict: (oldest: Holder) => void): Places<Holder> => {
  /** A Set keeps the order in which its members came. */
  const holders = new Set<Holder>();
  return {
    take: (newcomer) => {
      if (holders.has(newcomer)) return;
      const [oldest] = holders;
      if (oldest !== undefined && holders.size >= count) {
        holders.delete(oldest);
        evict(oldest);
      }
      holders.add(newcomer);
    },
    giveUp: (holder) => {
      holders.delete(holder);
    },
  };
};
