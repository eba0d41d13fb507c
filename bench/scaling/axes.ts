// Logarithmic axes: where a value lies, and at which values to draw a line.

export interface Scale {
  readonly least: number;
  readonly most: number;
  /** Place on the axis; not finite for values that have none on a logarithmic axis. */
  at(value: number): number;
}

export interface AxisTick {
  readonly at: number;
  readonly text: string;
}

/** From the power of ten below the least value to the one above the largest; 1 to 10 where there is no value. */
export function scaleOf(values: readonly number[], from: number, to: number): Scale {
  const known = values.filter((value) => value > 0 && Number.isFinite(value));
  const low = known.length === 0 ? 0 : Math.floor(Math.log10(Math.min(...known)) + 1e-9);
  const high = known.length === 0 ? 1 : Math.max(low + 1, Math.ceil(Math.log10(Math.max(...known)) - 1e-9));
  return {
    least: 10 ** low,
    most: 10 ** high,
    at: (value) => (value > 0 ? from + ((Math.log10(value) - low) / (high - low)) * (to - from) : NaN),
  };
}

/** The powers of ten. */
export function ticksOf({ least, most, at }: Scale): AxisTick[] {
  const ticks: AxisTick[] = [];
  for (let power = Math.round(Math.log10(least)); 10 ** power <= most * 1.0001; power++) {
    const value = 10 ** power;
    ticks.push({ at: at(value), text: value >= 1 ? value.toLocaleString('en') : String(Number(value.toPrecision(1))) });
  }
  return ticks;
}
