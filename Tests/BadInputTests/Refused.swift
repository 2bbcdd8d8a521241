import EtherFabric
import Testing

/// Expects a call to be refused with this errno, and words that name the call, what was wrong, and a way out.
func expectRefusal(
  _ errno: Int32, of call: String, naming value: String, _ sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Void
) {
  do {
    try body()
    Issue.record("nothing was refused", sourceLocation: sourceLocation)
  } catch let error as EtherFabricError {
    #expect(error.errno == errno, "\(error)", sourceLocation: sourceLocation)
    #expect(error.operation == call, "\(error)", sourceLocation: sourceLocation)
    #expect(error.reason.contains(value), "\(error)", sourceLocation: sourceLocation)
    #expect(error.remedy.count > 10 && error.remedy.hasSuffix("."), "\(error)", sourceLocation: sourceLocation)
  } catch {
    Issue.record("an error of another type: \(error)", sourceLocation: sourceLocation)
  }
}
