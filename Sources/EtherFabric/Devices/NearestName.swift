/// The name that a mistyped one was probably meant to be.
enum NearestName {
  /// The closest of `names` to `wanted`, nil where none is close: at most two letters away, and fewer than half of them.
  static func of(_ wanted: String, in names: [String]) -> String? {
    let typed = Array(wanted.utf8.prefix(64)).map { (65...90).contains($0) ? $0 + 32 : $0 }
    var best: (name: String, distance: Int)?
    for name in names {
      let known = Array(name.utf8)
      let distance = distance(typed, known)
      guard distance <= 2, distance * 2 < max(known.count, typed.count), distance < best?.distance ?? .max else {
        continue
      }
      best = (name, distance)
    }
    return best?.name
  }

  /// "; did you mean 'x'?" or nothing.
  static func hint(_ wanted: String, in names: [String]) -> String {
    of(wanted, in: names).map { "; did you mean '\($0)'?" } ?? ""
  }

  /// Letters inserted, removed, replaced, or exchanged with their neighbour.
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var before: [Int] = []
    var above = Array(0...b.count)
    for i in 1...a.count {
      var row = [i]
      row.reserveCapacity(b.count + 1)
      for j in 1...b.count {
        var least = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { least = min(least, before[j - 2] + 1) }
        row.append(least)
      }
      before = above
      above = row
    }
    return above[b.count]
  }
}
