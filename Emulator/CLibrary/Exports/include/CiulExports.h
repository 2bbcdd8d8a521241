// The target has no header of use.
