package io.irscale.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
    @TempDir
    private Path folder;

    @Test
    void oneAtATimeAndNothingIsLeft() {
        FolderLock first = FolderLock.of(folder);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> FolderLock.of(folder))
                .withMessage(folder + ": another run writes to it; wait for its end, or give another folder");
        first.close();
        FolderLock.of(folder).close();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void theFileOfAKilledRunLocksNobodyOut() throws IOException {
        Files.createFile(folder.resolve(FolderLock.NAME));
        FolderLock.of(folder).close();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void anotherProcessIsKeptOut() throws Exception {
        try (FolderLock _ = FolderLock.of(folder)) {
            Process other = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin/java").toString(),
                            "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                            Other.class.getName(),
                            folder.toString())
                    .start();
            assertThat(other.waitFor()).isEqualTo(Other.KEPT_OUT);
        }
    }

    /** Another process that wants the folder. */
    static final class Other {
        static final int KEPT_OUT = 7;

        public static void main(String[] folder) {
            try (FolderLock _ = FolderLock.of(Path.of(folder[0]))) {
                System.exit(0);
            } catch (InvalidInputException e) {
                System.exit(KEPT_OUT);
            }
        }
    }

    @Test
    void manyAtOnceHoldItOneAfterAnother() throws InterruptedException {
        AtomicInteger holders = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        Thread[] threads = IntStream.range(0, 8)
                .mapToObj(i -> Thread.ofPlatform().start(() -> {
                    try {
                        start.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    for (int n = 0; n < 200; n++) {
                        try (FolderLock _ = FolderLock.of(folder)) {
                            most.accumulateAndGet(holders.incrementAndGet(), Math::max);
                            holders.decrementAndGet();
                        } catch (InvalidInputException e) {
                            // Another thread holds it.
                        }
                    }
                }))
                .toArray(Thread[]::new);
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(most).hasValue(1);
    }
}
