package io.irscale.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test that leaves another number of native objects than it found. */
public final class NoLeaks implements BeforeEachCallback, AfterEachCallback {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(NoLeaks.class);

    @Override
    public void beforeEach(ExtensionContext context) {
        context.getStore(NAMESPACE).put("live", NativeTorch.liveObjects());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        assertThat(NativeTorch.liveObjects())
                .as("native objects alive after the test")
                .isEqualTo(context.getStore(NAMESPACE).get("live", Long.class));
    }
}
