package io.irscale.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class NativeObjectTest {
    private static NativeObject trace() {
        return NativeObject.create("trace", NativeWeights::traceCreate, NativeWeights::traceFree);
    }

    /** A call that takes the object itself. */
    private static void use(MemorySegment trace) {
        try (Arena arena = Arena.ofConfined()) {
            NativeWeights.traceGet(arena.allocate(ValueLayout.ADDRESS), trace, arena.allocateFrom("absent"));
        }
    }

    @Test
    void countsWhileItLives() {
        long before = NativeTorch.liveObjects();
        try (NativeObject object = trace()) {
            assertThat(object.handle().address()).isNotZero();
            assertThat(NativeTorch.liveObjects()).isEqualTo(before + 1);
        }
        assertThat(NativeTorch.liveObjects()).isEqualTo(before);
    }

    @Test
    void useAfterCloseIsRefused() {
        NativeObject object = trace();
        MemorySegment handle = object.handle();
        object.close();
        assertThatExceptionOfType(ClosedException.class)
                .isThrownBy(object::handle)
                .withMessage("the trace was closed");
        assertThatExceptionOfType(ClosedException.class)
                .isThrownBy(() -> use(handle))
                .withMessage("a native object was used after it was closed");
    }

    @Test
    void closingTwiceIsRefusedAndFreesOnce() {
        long before = NativeTorch.liveObjects();
        NativeObject object = trace();
        object.close();
        assertThatExceptionOfType(ClosedException.class)
                .isThrownBy(object::close)
                .withMessage("the trace was closed before");
        assertThat(NativeTorch.liveObjects()).isEqualTo(before);
    }

    @Test
    void anotherThreadCanNeitherUseNorCloseIt() {
        try (NativeObject object = trace()) {
            MemorySegment handle = object.handle();
            assertThat(elsewhere(object::handle)).isInstanceOf(WrongThreadException.class);
            assertThat(elsewhere(() -> use(handle))).isInstanceOf(WrongThreadException.class);
            assertThat(elsewhere(object::close)).isInstanceOf(WrongThreadException.class);
            // none of it did harm
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> use(object.handle()))
                    .withMessageContaining("absent");
        }
    }

    @Test
    void aFailedCreationLeavesNothing() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> NativeObject.create(
                        "weight set", out -> NativeWeights.weightsCreate(out, -1, 4), NativeWeights::weightsFree))
                .withMessage("models compute in f32 or bf16, not in dtype 4");
    }

    @Test
    void nullArgumentsAreNamed() {
        try (NativeObject object = trace()) {
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> NativeWeights.traceGet(MemorySegment.NULL, object.handle(), MemorySegment.NULL))
                    .withMessage("out is NULL");
        }
    }

    private static Throwable elsewhere(Runnable work) {
        return CompletableFuture.supplyAsync(() -> catchThrowable(work::run)).join();
    }
}
