import EtherFabric

// Opens the device of its argument, and says what it is or why not: what a program does on a host it was not built on.
do throws(EtherFabricError) {
  let driver = try Driver.open(CommandLine.arguments.dropFirst().first ?? "")
  print(driver.identity.generation, driver.identity.configuration.map(\.value).joined(separator: "; "))
} catch {
  print(error)
}
