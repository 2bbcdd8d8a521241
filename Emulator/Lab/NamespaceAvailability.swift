import EtherFabric

extension Namespace {
  /// Whether `Namespace.run` and `VethPair` work in this process. Tried once, by doing it.
  public static var isAvailable: Bool { unavailableReason == nil }

  /// Why `Namespace.run` or `VethPair` does not work in this process; nil where both do. Tried once, by doing it.
  ///
  /// It starts with `network: `, the mark of a skipped test that needs a network.
  public static let unavailableReason: String? = {
    do {
      try run {
        let pair = try VethPair(kernelEnd: "probe0", adapterEnd: "probe1")
        try pair.delete()
      }
      return nil
    } catch {
      return "network: \(error)"
    }
  }()
}
