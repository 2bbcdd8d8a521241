import NetworkLab
import Testing

extension Trait where Self == ConditionTrait {
  /// Skips, with the reason, where this process cannot make network namespaces.
  static var privateNetwork: Self {
    .enabled(if: Namespace.isAvailable, Comment(rawValue: Namespace.unavailableReason ?? ""))
  }
}
