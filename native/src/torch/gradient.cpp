#include "torch/gradient.h"

#include "error.h"
#include "torch/call.h"

namespace irs {

using torch::api;
using torch::Call;
using torch::check;

Tensor leaf(const Tensor& x) {
    if (api().grad_of == nullptr) {
        throw Error(IRS_NOT_LOADED, join("libtorch ", torch::version(), " has no symbol ", torch::kGradOf,
                                         ", which gradients need; everything else works"));
    }
    const GradMode no_graph(false);  // the copy must not be part of one
    Tensor out = x.copy(x.device(), DType::f32);
    check(api().set_requires_grad(out.get(), true), "require a gradient");
    return out;
}

Tensor gradient(const Tensor& y, const Tensor& leaf) {
    Call("aten::_backward")
        .arg(y)
        .arg(std::vector<Tensor>{leaf})
        .none()      // gradient of y: 1
        .none()      // retain_graph: no
        .arg(false)  // create_graph
        .run_void();
    // A handle points to an at::Tensor, whose one field points to the TensorImpl (aoti_torch/utils.h; TensorBase.h). The
    // reference that grad() returns is such a handle too, borrowed.
    const void* impl = *static_cast<void* const*>(leaf.get());
    torch::Handle out = nullptr;
    check(api().new_tensor_handle(api().grad_of(impl), &out), "read a gradient");
    return Tensor(out);
}

}  // namespace irs
