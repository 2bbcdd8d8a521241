import CLinuxShims

/// Writes BPF instructions, with jumps forward to labels.
struct PacketProgram {
  /// One instruction as the kernel reads it.
  struct Instruction: BitwiseCopyable {
    var code: UInt8
    /// Destination in the low half, source in the high half.
    var registers: UInt8
    var offset: Int16
    var immediate: Int32
  }

  enum Width: UInt8 {
    case word = 0x00
    case half = 0x08
    case byte = 0x10
    case double = 0x18
  }

  enum Operation: UInt8 {
    case add = 0x00
    case and = 0x50
    case shiftLeft = 0x60
    case shiftRight = 0x70
    case move = 0xb0
  }

  enum Condition: UInt8 {
    case equal = 0x10
    case notEqual = 0x50
    case below = 0xa0
  }

  /// A place that jumps go to before it is known.
  struct Label {
    fileprivate var jumps: [Int] = []
  }

  /// The register that points to the end of the stack.
  static let stack: UInt8 = 10
  private(set) var instructions: [Instruction] = []

  /// `destination = *(source + offset)`, zero-extended.
  mutating func load(_ width: Width, _ destination: UInt8, _ source: UInt8, _ offset: Int) {
    add(0x61 | width.rawValue, destination, source, offset, 0)
  }

  /// `*(destination + offset) = source`.
  mutating func store(_ width: Width, _ destination: UInt8, _ offset: Int, _ source: UInt8) {
    add(0x63 | width.rawValue, destination, source, offset, 0)
  }

  /// `destination operation= value`, 64 bits wide.
  mutating func apply(_ operation: Operation, _ destination: UInt8, _ value: Int32) {
    add(0x07 | operation.rawValue, destination, 0, 0, value)
  }

  /// `destination operation= source`, 64 bits wide.
  mutating func apply(_ operation: Operation, _ destination: UInt8, register source: UInt8) {
    add(0x0f | operation.rawValue, destination, source, 0, 0)
  }

  /// Compares the low 32 bits and jumps.
  mutating func jump(_ condition: Condition, _ register: UInt8, _ value: UInt32, to label: inout Label) {
    label.jumps.append(instructions.count)
    add(0x06 | condition.rawValue, register, 0, 0, Int32(bitPattern: value))
  }

  mutating func jump(to label: inout Label) {
    label.jumps.append(instructions.count)
    add(0x05, 0, 0, 0, 0)
  }

  /// Puts a label here.
  mutating func place(_ label: Label) {
    for jump in label.jumps { instructions[jump].offset = Int16(instructions.count - jump - 1) }
  }

  mutating func call(_ helper: Int32) { add(0x85, 0, 0, 0, helper) }

  /// Compares all 64 bits with another register and jumps where it is greater.
  mutating func jump(_ register: UInt8, above other: UInt8, to label: inout Label) {
    label.jumps.append(instructions.count)
    add(0x2d, register, other, 0, 0)
  }

  /// Jumps where a pointer is not nil.
  mutating func jump(ifSet register: UInt8, to label: inout Label) {
    label.jumps.append(instructions.count)
    add(0x55, register, 0, 0, 0)
  }

  /// Stores a constant, sign-extended to the width.
  mutating func store(_ width: Width, _ destination: UInt8, _ offset: Int, value: Int32) {
    add(0x62 | width.rawValue, destination, 0, offset, value)
  }

  /// Loads the address of a map by its descriptor.
  mutating func load(map: Int32, _ destination: UInt8) { load(destination, kind: 1, map) }

  /// Loads the address of the first value of an array by its descriptor.
  mutating func load(valuesOf map: Int32, _ destination: UInt8) { load(destination, kind: 2, map) }

  /// `*(destination + offset) += source`, 64 bits wide and atomic.
  mutating func addAtomically(_ destination: UInt8, _ offset: Int, _ source: UInt8) {
    add(0xdb, destination, source, offset, 0)
  }

  /// Ends the program with what is in register 0.
  mutating func exit() { add(0x95, 0, 0, 0, 0) }

  /// The one instruction of two words.
  private mutating func load(_ destination: UInt8, kind: UInt8, _ map: Int32) {
    add(0x18, destination, kind, 0, map)
    add(0, 0, 0, 0, 0)
  }

  /// Ends the program with a result.
  mutating func exit(_ result: Int32) {
    apply(.move, 0, result)
    add(0x95, 0, 0, 0, 0)
  }

  private mutating func add(_ code: UInt8, _ destination: UInt8, _ source: UInt8, _ offset: Int, _ value: Int32) {
    instructions.append(
      Instruction(code: code, registers: source << 4 | destination, offset: Int16(offset), immediate: value))
  }
}
