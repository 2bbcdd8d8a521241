import NetworkLab
import Testing

extension Trait where Self == ConditionTrait {
  /// Skips, with the reason, where this process cannot make network namespaces.
  static var privateNetwork: Self {
    .enabled(if: Namespace.isAvailable, Comment(rawValue: Namespace.unavailableReason ?? ""))
  }
}

/// Bounds every wait of these tests that should end by itself.
let patience: Duration = .seconds(5)
/// Bounds the waits that should end by their timeout.
let moment: Duration = .milliseconds(30)
