"""The records that cross boundaries: frozen, validated where they are read, units in their names. No I/O."""
