/// The bytes of a page, all fields little endian.
///
/// ```
/// header     magic u64, version u32, header bytes u32, page bytes u64, metadata bytes u32, groups u32, fields u32,
///            state u32, pid u32, 0 u32, start of the process in clock ticks since boot u64, opening in nanoseconds
///            since the epoch u64; program text at 80, device text at 144
/// group      offset u64, stride u64, instances u32, first field u32, fields u32, 0 u32; name text at 32
/// field      offset in the instance u32, kind u32; unit text at 8, name text at 24, help text at 64
/// instance   generation u64 (0 while not in use), tag u64, then the fields
/// ```
///
/// Groups follow the header, fields the groups; from the metadata's end on there are instances only. Texts are UTF-8,
/// filled up with zeros, of which there is at least one.
enum PageLayout {
  /// `efvipage` in memory.
  static let magic: UInt64 = 0x6567_6170_6976_6665
  /// Raised with every change of what is written above.
  static let version: UInt32 = 1

  static let headerBytes = 512
  static let groupBytes = 64
  static let fieldBytes = 192
  static let instanceHeader = 16
  /// No page is larger.
  static let pageLimit = 64 << 20
  static let groupLimit = 64
  static let fieldLimit = 4096
  static let instanceLimit = 1 << 16

  enum Header {
    static let magic = 0
    static let version = 8
    static let headerBytes = 12
    static let pageBytes = 16
    static let metadataBytes = 24
    static let groups = 28
    static let fields = 32
    static let state = 36
    static let pid = 40
    static let start = 48
    static let opened = 56
    static let program = (offset: 80, bytes: 64)
    static let device = (offset: 144, bytes: 368)
  }

  enum Group {
    static let offset = 0
    static let stride = 8
    static let instances = 16
    static let firstField = 20
    static let fields = 24
    static let name = (offset: 32, bytes: 32)
  }

  enum Field {
    static let offset = 0
    static let kind = 4
    static let unit = (offset: 8, bytes: 16)
    static let name = (offset: 24, bytes: 40)
    static let help = (offset: 64, bytes: 128)
  }

  /// What the header says of the page.
  enum State {
    static let open: UInt32 = 1
    static let closed: UInt32 = 2
  }

  /// The name of the file, as `/proc/PID/fd` shows it behind `memfd:`.
  static let fileName = "efvi-counters"

  static func aligned(_ value: Int, to alignment: Int) -> Int { (value + alignment - 1) / alignment * alignment }
}
