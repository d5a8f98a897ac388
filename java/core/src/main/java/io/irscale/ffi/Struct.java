package io.irscale.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/** A C struct of integers, doubles and pointers, filled by field name. */
public final class Struct {
    private final StructLayout layout;
    private final MemorySegment memory;

    /** A zeroed struct in {@code arena}. */
    public Struct(Arena arena, StructLayout layout) {
        this.layout = layout;
        this.memory = arena.allocate(layout);
    }

    /** Sets an {@code int32_t} field. */
    public Struct set(String field, int value) {
        memory.set(ValueLayout.JAVA_INT, offset(field), value);
        return this;
    }

    /** Sets an {@code int64_t} field. */
    public Struct set(String field, long value) {
        memory.set(ValueLayout.JAVA_LONG, offset(field), value);
        return this;
    }

    /** Sets a pointer, which must stay valid as long as the struct. */
    public Struct set(String field, MemorySegment pointer) {
        memory.set(ValueLayout.ADDRESS, offset(field), pointer);
        return this;
    }

    /** Sets a {@code double} field. */
    public Struct set(String field, double value) {
        memory.set(ValueLayout.JAVA_DOUBLE, offset(field), value);
        return this;
    }

    /** Sets an {@code int32_t[]} field from its start. */
    public Struct set(String field, int[] values) {
        MemorySegment.copy(values, 0, memory, ValueLayout.JAVA_INT, offset(field), values.length);
        return this;
    }

    /** Sets a {@code double[]} field from its start. */
    public Struct set(String field, double[] values) {
        MemorySegment.copy(values, 0, memory, ValueLayout.JAVA_DOUBLE, offset(field), values.length);
        return this;
    }

    /** The struct's memory, to be passed by pointer. */
    public MemorySegment memory() {
        return memory;
    }

    private long offset(String field) {
        return layout.byteOffset(MemoryLayout.PathElement.groupElement(field));
    }
}
