package io.irscale.evaluate;

import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;

/** An encoder of which nothing but its name and d is asked. */
record FakeEncoder(String name, int dimensions) implements FeatureEncoder {
    @Override
    public String weights() {
        return "ab12";
    }

    @Override
    public String preprocessing() {
        return "none";
    }

    @Override
    public Device device() {
        return Device.CPU;
    }

    @Override
    public Features encode(Tensor images) {
        throw new UnsupportedOperationException("no images are encoded here");
    }

    @Override
    public void close() {}
}
