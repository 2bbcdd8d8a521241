/// Elements that threads of their own work on, each on cache lines that no other has: side by side, what one writes would
/// take the line from another that only reads.
struct SpacedMemory<Element> {
  private let base: UnsafeMutableRawPointer

  /// Two lines: processors fetch them in pairs.
  private static var unit: Int { 128 }
  private static var stride: Int { (MemoryLayout<Element>.size + unit - 1) / unit * unit }

  init(capacity: Int) { base = .allocate(byteCount: capacity * Self.stride, alignment: Self.unit) }

  private init(base: UnsafeMutableRawPointer) { self.base = base }

  func deallocate() { base.deallocate() }

  @inline(__always)
  func pointer(_ index: Int) -> UnsafeMutablePointer<Element> {
    (base + index &* Self.stride).assumingMemoryBound(to: Element.self)
  }

  func initialize(_ index: Int, to element: Element) {
    (base + index * Self.stride).bindMemory(to: Element.self, capacity: 1).initialize(to: element)
  }

  /// The elements from one on.
  func dropFirst(_ count: Int) -> SpacedMemory { SpacedMemory(base: base + count * Self.stride) }

  subscript(index: Int) -> Element {
    @inline(__always) get { pointer(index).pointee }
    @inline(__always) nonmutating _modify { yield &pointer(index).pointee }
  }
}
