// Medians and how they are written.

export function quantile(values, fraction) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(fraction * sorted.length) - 1))]
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

export const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length

// How far the values lie apart, as a part of their median: 0.1 is ten percent from the least to the most.
export function spread(values) {
  const middle = median(values)
  return middle === 0 ? 0 : (Math.max(...values) - Math.min(...values)) / middle
}

export function short(number) {
  const size = Math.abs(number)
  if (size >= 1e6) return `${(number / 1e6).toFixed(2)} M`
  if (size >= 1e4) return `${(number / 1e3).toFixed(0)} k`
  if (size >= 1e3) return `${(number / 1e3).toFixed(1)} k`
  if (size >= 100) return number.toFixed(0)
  if (size >= 10) return number.toFixed(1)
  return number.toFixed(2)
}
