package io.irscale.autograd;

import io.irscale.GoldenTensors;
import io.irscale.denoise.FluxTransformer;
import io.irscale.denoise.Plan;
import io.irscale.denoise.Row;
import io.irscale.latent.LatentShape;
import io.irscale.lora.DeviceLora;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.Tensor;
import java.io.IOException;
import java.util.List;

/** The flow loss of a transformer at the latents of {@code goldens/dev/training}, and its way back. */
final class TrainedFlux implements AutoCloseable {
    static final LatentShape SHAPE = new LatentShape(4, 12, 8);
    private static final float GUIDANCE = 3.5f;

    final GoldenTensors golden = new GoldenTensors("dev/training/gradients.safetensors");
    private final FluxTransformer flux;
    private final Tensor txt;
    private final Tensor vec;
    private final Tensor x;
    private final Tensor x0;
    private final Tensor noise;

    /** Borrows the transformer. */
    TrainedFlux(FluxTransformer flux) throws IOException {
        this.flux = flux;
        GoldenTensors run = new GoldenTensors("dev/run-fp32.safetensors");
        txt = run.tensor("prompt_embeds");
        vec = run.tensor("pooled");
        x = golden.tensor("x");
        x0 = golden.tensor("x0");
        noise = golden.tensor("noise");
    }

    /** The rows' losses, with the gradient of their mean left in the weights; with all activations kept, or not. */
    float[] backward(boolean checkpointing, List<DeviceLora.Applied> loras) {
        float[] sigma = golden.floats("sigma");
        try (Plan plan = flux.plan(txt, vec, GUIDANCE, sigma, SHAPE, loras)) {
            List<Row> rows = List.of(Row.of(plan, 0), Row.of(plan, 1));
            if (checkpointing) {
                try (Loss loss = Loss.flowCheckpointed(flux, x, rows, x0, noise, 1)) {
                    return loss.values();
                }
            }
            try (Tensor velocity = flux.velocity(x, rows, null);
                    Loss loss = Loss.flow(velocity, x0, noise)) {
                loss.backwardMean(1);
                return loss.values();
            }
        }
    }

    /** The same with a LoRA of these factors. */
    float[] backward(boolean checkpointing, Parameters factors, double scale, float dropout) {
        try (DeviceLora lora = DeviceLora.inTraining(factors, flux.dtype(), scale, dropout, 3)) {
            return backward(checkpointing, List.of(new DeviceLora.Applied(lora, 1)));
        }
    }

    @Override
    public void close() {
        List.of(noise, x0, x, vec, txt).forEach(Tensor::close);
    }
}
