/// Under which conditions a figure came about.
struct Conditions {
  var wire: String
  var mode: String
  var pinning: String
}

/// What a figure is to be.
enum Aim {
  case atMost(Double)
  case atLeast(Double)
  /// Our figure itself, whatever the peer's is.
  case zero

  var text: String {
    switch self {
    case .atMost(let value): "<= \(value.text(2))"
    case .atLeast(let value): ">= \(value.text(2))"
    case .zero: "0"
    }
  }
}

/// How a figure compares with its aim.
enum Verdict: String {
  case met
  case notMet = "NOT MET"
  /// Missed by less than the median is uncertain.
  case undecided
}

/// One line of the table: our figure beside a peer's, or beside nothing.
struct Comparison {
  let benchmark: String
  let what: String
  let conditions: Conditions
  let unit: String
  let ours: Sample
  let peer: String
  let theirs: Sample
  let aim: Aim?

  /// - Parameter peer: Empty where the aim is for our figure itself.
  init(
    _ benchmark: String, _ what: String, _ conditions: Conditions, unit: String, ours: Sample, peer: String = "",
    theirs: Sample = Sample(), aim: Aim? = nil
  ) {
    self.benchmark = benchmark
    self.what = what
    self.conditions = conditions
    self.unit = unit
    self.ours = ours
    self.peer = peer
    self.theirs = theirs
    self.aim = aim
  }

  var hasPeer: Bool { !theirs.values.isEmpty }

  /// Of the medians; nil without a peer.
  var ratio: Double? { hasPeer && theirs.median > 0 ? ours.median / theirs.median : nil }

  /// Distance between the quartiles of the ratios of the rounds, where these belong together.
  var ratioSpread: Double? {
    guard ratio != nil, ours.values.count > 1, ours.values.count == theirs.values.count else { return nil }
    return Sample(values: zip(ours.values, theirs.values).map { $0 / $1 }).spread
  }

  /// What the aim is about.
  var judged: Double {
    if case .zero = aim { return ours.median }
    return ratio ?? ours.median
  }

  /// Half the interval that the judged median is in, at 95 percent: what the notches of a box plot show.
  private var uncertainty: Double {
    let spread = hasPeer ? ratioSpread ?? 0 : ours.spread
    return spread.isFinite ? 1.57 * spread / Double(max(1, ours.values.count)).squareRoot() : 0
  }

  var verdict: Verdict? {
    guard let aim else { return nil }
    switch aim {
    case .atMost(let limit): return judged <= limit ? .met : judged - uncertainty <= limit ? .undecided : .notMet
    case .atLeast(let limit): return judged >= limit ? .met : judged + uncertainty >= limit ? .undecided : .notMet
    case .zero: return judged == 0 ? .met : .notMet
    }
  }
}
