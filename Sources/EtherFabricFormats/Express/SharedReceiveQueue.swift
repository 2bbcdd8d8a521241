/// Where the driver of an X3 and a program hand superbufs to each other: two rings of 16 in shared memory
/// (`efab_efct_rxq_uk_shm_q`). Offsets in bytes. Source: facts sheet, section 10.
///
/// A ring's `added` is written by its producer with release, `removed` by its consumer; both run freely.
public enum SharedReceiveQueue {
  /// Entries of a ring, a power of two.
  public static let capacity = 16
  /// Bytes of one queue's area.
  public static let size = 256

  /// Filled superbufs on their way to the program: {u16 superbuf, u8 sentinel, u8 0, u32 sequence} each.
  public static let filled = 0
  public static let filledAdded = 128
  public static let filledRemoved = 132
  /// Superbufs that the program is done with: u16 each.
  public static let free = 136
  public static let freeAdded = 168
  public static let freeRemoved = 172
  /// i8, the hardware's number of the queue.
  public static let queue = 176
  /// u32, counts up when the memory behind the superbufs has changed.
  public static let generation = 180
  /// u32, slots of a superbuf; 0 while the queue is not attached.
  public static let slots = 184
  /// u64, the last time-sync event.
  public static let timeSync = 192
  /// u32 each, what the driver counted: no room in `filled`, too many superbufs owned, none free, skipped.
  public static let noRoom = 200
  public static let tooManyOwned = 204
  public static let noBuffers = 208
  public static let skipped = 212
}
