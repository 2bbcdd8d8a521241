/// What the tool did not do as every test expects. Thrown, it fails the test.
public struct ToolFailure: Error, CustomStringConvertible {
  public let description: String
}

func require(_ isSo: Bool, _ description: @autoclosure () -> String) throws {
  guard isSo else { throw ToolFailure(description: description()) }
}
