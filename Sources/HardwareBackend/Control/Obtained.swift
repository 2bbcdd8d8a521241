import CEtherFabric
import EtherFabric

/// A structure that libciul has filled in, with the driver handle that it belongs to.
struct Obtained<Structure> {
  let structure: UnsafeMutablePointer<Structure>
  let handle: ef_driver_handle

  /// Gives back what the structure stands for, then the handle and the memory.
  func release(_ free: (UnsafeMutablePointer<Structure>, ef_driver_handle) -> Int32) {
    _ = free(structure, handle)
    HardwareBackend.closeHandle(handle)
    structure.deallocate()
  }
}

extension HardwareBackend {
  /// Makes a call fill in a structure, under a driver handle of its own. Nothing is left where it fails.
  /// - Parameter fill: gets the structure, zeroed.
  /// - Returns: the structure, and what the call returned.
  func obtain<Structure>(
    _ type: Structure.Type, _ operation: String, _ call: String,
    _ fill: (UnsafeMutablePointer<Structure>, ef_driver_handle) -> Int32
  ) throws(EtherFabricError) -> (Obtained<Structure>, Int32) {
    let handle = try openHandle(operation)
    let structure = zeroed(type)
    let result = fill(structure, handle)
    guard result >= 0 else {
      structure.deallocate()
      Self.closeHandle(handle)
      throw failure(operation, call, result)
    }
    return (Obtained(structure: structure, handle: handle), result)
  }
}

/// A structure of the library's, zeroed: several of its calls count on that.
func zeroed<Structure>(_ type: Structure.Type) -> UnsafeMutablePointer<Structure> {
  let memory = UnsafeMutableRawPointer.allocate(byteCount: MemoryLayout<Structure>.size, alignment: 64)
  memory.initializeMemory(as: UInt8.self, repeating: 0, count: MemoryLayout<Structure>.size)
  return memory.bindMemory(to: Structure.self, capacity: 1)
}
