/// What the transmit doorbell (`DoorbellPage.transmitDoorbell`) carries beside write indices: bit 11 is set.
///
/// These are commands and not state: one that is overwritten before it is read is lost. Bits 8-10 tell which:
/// 0 and 1 the halves of an event queue's read index, 2 an alternative's go, 3 its discard or (bit 7) stop,
/// 4 to 7 a timer. Source: facts sheet, section 5.
@frozen
public enum TransmitCommand: Equatable, Sendable {
  /// `ef_vi_transmit_alt_go`: the alternative of this hardware number sends what it holds.
  case go(UInt8)
  /// `ef_vi_transmit_alt_discard`: the alternative drops what it holds.
  case discard(UInt8)
  /// `ef_vi_transmit_alt_stop`: the alternative holds what comes.
  case stop(UInt8)
  /// `ef_eventq_timer_*` on an adapter that must not be told at the timer register: mode as in `TimerRegister.Mode`,
  /// 8 bits of value.
  case timer(mode: UInt8, value: UInt8)
  /// `ef_eventq_prime` on an adapter that must not be told at the read pointer register, first half: bits 8-15 of the
  /// read index.
  case primeHigh(UInt8)
  /// The second half of such a prime: bits 0-7 of the read index.
  case primeLow(UInt8)

  /// The mark of a command.
  public static let bit: UInt32 = 1 << 11

  /// Nil for a write index, and for a word that no command has.
  @inlinable
  public init?(word: UInt32) {
    let low = UInt8(truncatingIfNeeded: word)
    switch word >> 8 {
    case 0x8: self = .primeHigh(low)
    case 0x9: self = .primeLow(low)
    case 0xa where low < 0x20: self = .go(low)
    case 0xb where low < 0x20: self = .discard(low)
    case 0xb where low >> 5 == 4: self = .stop(low & 0x1f)
    case 0xc...0xf: self = .timer(mode: UInt8(truncatingIfNeeded: word >> 8 & 3), value: low)
    default: return nil
    }
  }

  @inlinable
  public var word: UInt32 {
    switch self {
    case .go(let fifo): 0xa00 | UInt32(fifo & 0x1f)
    case .discard(let fifo): 0xb00 | UInt32(fifo & 0x1f)
    case .stop(let fifo): 0xb80 | UInt32(fifo & 0x1f)
    case .timer(let mode, let value): 0xc00 | UInt32(mode & 3) << 8 | UInt32(value)
    case .primeHigh(let bits): 0x800 | UInt32(bits)
    case .primeLow(let bits): 0x900 | UInt32(bits)
    }
  }

  /// Both halves of a prime at `index`, in the order in which they are written.
  @inlinable
  public static func prime(index: UInt32) -> (high: TransmitCommand, low: TransmitCommand) {
    (.primeHigh(UInt8(truncatingIfNeeded: index >> 8)), .primeLow(UInt8(truncatingIfNeeded: index)))
  }
}
