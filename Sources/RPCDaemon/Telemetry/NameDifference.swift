/// The names of what is different between two lists.
package struct NameDifference: Sendable {
    package var added = NameSample()
    package var removed = NameSample()
    package var changed = NameSample()

    package init() {}
}
