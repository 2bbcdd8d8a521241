extension FrameMetadata {
  /// `EF_VI_DISCARD_RX_*`: what can make a discard of a frame on X3 and X4.
  public enum Discard {
    public static let l4Checksum: UInt32 = 0x1
    public static let l3Checksum: UInt32 = 0x2
    public static let frameCheck: UInt32 = 0x4
    public static let length: UInt32 = 0x8
    public static let l2ClassOther: UInt32 = 0x80
    public static let l3ClassOther: UInt32 = 0x100
    public static let l4ClassOther: UInt32 = 0x200
    /// Every bit that these adapters know.
    public static let all: UInt32 = 0x38f
    /// What a new VI of these adapters starts with.
    public static let standard: UInt32 = 0xf
  }

  /// L2 status, L3 bad, L4 bad, rollover: a frame with none of these is delivered without a further look, whatever its
  /// classes are.
  public static let inspectedBits: UInt64 = 3 << 38 | l3BadBit | l4BadBit | rolloverBit

  /// The reasons to discard the frame, as `EF_VI_DISCARD_*` bits, before the VI's mask.
  ///
  /// A bad L3 counts for IPv4 and IPv6, a bad L4 for TCP and UDP. A class "other" is told only together with one of
  /// `inspectedBits`: an adapter sets L3 bad and L4 bad on what it did not judge.
  @inlinable
  public var discardBits: UInt32 {
    first & Self.inspectedBits == 0 ? 0 : inspectedDiscardBits
  }

  @usableFromInline
  var inspectedDiscardBits: UInt32 {
    var bits: UInt32 = 0
    if l2Status == L2Status.frameCheckError { bits |= Discard.frameCheck }
    if l2Status == L2Status.lengthError { bits |= Discard.length }
    if l3Bad, l3Class == L3Class.ip4 || l3Class == L3Class.ip6 { bits |= Discard.l3Checksum }
    if l4Bad, l4Class == L4Class.tcp || l4Class == L4Class.udp { bits |= Discard.l4Checksum }
    if l4Class == L4Class.other { bits |= Discard.l4ClassOther }
    if l3Class == L3Class.other { bits |= Discard.l3ClassOther }
    if l2Class == L2Class.other { bits |= Discard.l2ClassOther }
    return bits
  }
}
