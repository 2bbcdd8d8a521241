/// `ef_filter_cookie`: names a filter that was added, to remove or query it.
public struct FilterCookie: Hashable, Sendable {
  /// What the filter consists of.
  public let kind: FilterKind
  /// Which filter; never used again for another one by the same adapter.
  public let id: UInt64

  @inlinable
  public init(kind: FilterKind, id: UInt64) {
    self.kind = kind
    self.id = id
  }
}
