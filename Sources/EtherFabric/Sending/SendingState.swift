import EtherFabricFormats

/// What an EF10 transmit ring can do beside DMA sends, apart from `QueueState` so that a plain send touches nothing of
/// it.
@usableFromInline
struct SendingState {
  // PIO.
  /// The linked buffer on the adapter, nil while none is linked.
  var pioBuffer: UnsafeMutableRawPointer?
  /// The copy in host memory, from which words are written that are not new as a whole.
  var pioShadow: UnsafeMutableRawPointer?
  var pioLength = 0

  // Cut-through.
  /// Where cut-through frames are written, `warmAperture` while the interface only warms; nil without the flag.
  var aperture: UnsafeMutableRawPointer?
  let realAperture: UnsafeMutableRawPointer?
  let warmAperture: UnsafeMutableRawPointer?

  /// The ring's `transmitRemoved` from before, while the interface only warms.
  var removedBeforeWarming: UInt32?

  // Alternatives.
  /// Whether the interface was allocated with `InterfaceFlags.transmitAlternatives`.
  let allowsAlternatives: Bool
  var alternativeCount = 0
  /// The hardware's number of each alternative, and the way back.
  var alternativeFIFOs = [32 of UInt8](repeating: 0)
  var alternativeNumbers = [32 of UInt8](repeating: 0)

  init(grant: borrowing InterfaceGrant) {
    realAperture = grant.cutThroughAperture
    aperture = realAperture
    warmAperture = realAperture.map { _ in
      .allocate(byteCount: DoorbellPage.ctpioApertureSize, alignment: DoorbellPage.ctpioApertureSize)
    }
    allowsAlternatives = grant.flags.contains(.transmitAlternatives)
  }

  func deallocate() { warmAperture?.deallocate() }

  var isWarming: Bool { removedBeforeWarming != nil }
  /// Whether the interface was allocated with `InterfaceFlags.cutThrough`.
  var sendsCutThrough: Bool { realAperture != nil }
}
