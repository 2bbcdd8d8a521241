/// One thing that was looked at.
struct Finding {
  enum Verdict: String {
    case ok
    /// Costs speed, or is missing for what the host does not have.
    case note
    /// Keeps a card that is there from working.
    case fault
  }

  let name: String
  let verdict: Verdict
  let found: String
  /// The line that mends it, empty where there is nothing to mend.
  var mend = ""

  static func ok(_ name: String, _ found: String) -> Finding { Finding(name: name, verdict: .ok, found: found) }

  static func note(_ name: String, _ found: String, mend: String) -> Finding {
    Finding(name: name, verdict: .note, found: found, mend: mend)
  }

  /// A fault where there is a card, a note where there is none.
  static func missing(_ name: String, _ found: String, mend: String, hasCards: Bool) -> Finding {
    Finding(name: name, verdict: hasCards ? .fault : .note, found: found, mend: mend)
  }
}

/// What a device string would open.
struct Prospect {
  let device: String
  let gets: String
}
