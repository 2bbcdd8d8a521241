import ArgumentParser

@main struct Efvi: ParsableCommand {}
