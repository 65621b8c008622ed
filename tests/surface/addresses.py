"""Addresses that between them visit every page, each of its parts, and what it says when something cannot be.

``{residual}``, ``{plain}``, ``{going}`` and ``{failed}`` stand for the ids of kept runs, ``{source}`` and ``{head}``
for those of a way of transfer learning. A word behind a space names a box that a person has opened.
"""

from __future__ import annotations

RESNET = "network=resnet20&size=32&weights=fresh"
GENERATOR = "network=stargan&conv_dim=8&repeat_num=1&size=32"
FOREIGN = "network=squeezenet1_1&size=64&weights=fresh"
BLOCK_VALUE = "b_part=value&b_step=conv2&b_channel=1&b_y=2&b_x=3"
EXAMPLE = (
    "weights=digits&size=32&block=basic&depths=3,3,3&widths=8,16,32&stem=cifar&shortcut=A&in_channels=1&num_classes=10"
)
DIGITS = "block=basic&depths=1,1,1&widths=8,16,32&stem=cifar&in_channels=1&num_classes=10&size=8&sample=digit-0"

ADDRESSES: tuple[str, ...] = (
    # Architecture
    "/architecture",
    "/architecture more_options",
    "/architecture?tab=blocks&row=layer1.0.conv2&profile=size",
    "/architecture?tab=layers&find=conv&kinds=conv&stages=layer1&row=layer2.0.add",
    "/architecture?tab=torchinfo&network=resnet18&size=64",
    "/architecture?network=resnet152 more_options",
    "/architecture?network=resnet56&shortcut=none",
    f"/architecture?{GENERATOR}&tab=layers more_options",
    f"/architecture?{FOREIGN} more_options",
    "/architecture?norm=instance&size=16",
    "/architecture?depths=500,500,500,501&network=resnet18",
    # Feature maps
    f"/feature-maps?{RESNET}",
    f"/feature-maps?{RESNET}&row=layer2.0.conv1&channel=3&drawn=mean&kind=conv&across=4",
    f"/feature-maps?{RESNET}&row=layer2.0.conv1&channel=3&y=4&x=5 value_exact",
    f"/feature-maps?{RESNET}&row=fc",
    f"/feature-maps?{RESNET}&view=residual",
    f"/feature-maps?{RESNET}&view=depth",
    f"/feature-maps?{RESNET}&sample=own",
    f"/feature-maps?{RESNET}&sample=nobody pictures_camera_box_0",
    f"/feature-maps?{DIGITS}&weights=run:{{residual}}",
    f"/feature-maps?{GENERATOR}&domains=1,3&row=main.9.add more_options",
    f"/feature-maps?{FOREIGN}&row=features.3.squeeze",
    "/feature-maps?network=resnet18&size=32&weights=run:000000000000",
    f"/feature-maps?{EXAMPLE}",
    "/feature-maps",
    # BatchNorm
    "/batchnorm",
    "/batchnorm?network=resnet20&norm_row=layer1.0.bn1",
    "/batchnorm?network=resnet20&size=32&untrained=yes",
    "/batchnorm?network=resnet20",
    f"/batchnorm?{RESNET}",
    f"/batchnorm?{EXAMPLE}&aspect=channels",
    f"/batchnorm?{RESNET}&aspect=values thresholds",
    f"/batchnorm?{RESNET}&aspect=batch&batch=2",
    f"/batchnorm?{RESNET}&aspect=modes&mode=train",
    f"/batchnorm?{RESNET}&aspect=steps&y=2&x=2",
    f"/batchnorm?{RESNET}&aspect=line&gamma=2",
    f"/batchnorm?{RESNET}&aspect=channels&row=layer2.0.bn1&channel=1",
    f"/batchnorm?{GENERATOR}&aspect=batch",
    "/batchnorm?network=resnet20&size=32&norm=group",
    "/batchnorm?network=resnet20&size=32&norm=none",
    "/batchnorm?network=vgg11&size=32",
    "/batchnorm?norm_part=lab&experiment=batches lab_effects_numbers",
    "/batchnorm?norm_part=lab&experiment=running lab_values",
    "/batchnorm?norm_part=lab&experiment=running&lab_average=yes&lab_kind=instance",
    "/batchnorm?norm_part=lab&experiment=bias&bias_updates=400",
    "/batchnorm?norm_part=lab&experiment=kinds",
    "/batchnorm?norm_part=lab&experiment=places",
    "/batchnorm?norm_part=lab&experiment=eval",
    "/batchnorm?norm_part=lab&experiment=shift",
    # Block
    "/block more_block",
    "/block?b_type=bottleneck&b_step=conv2&b_mode=train&b_numbers=counting&b_channels_in=8&b_channels_out=8 more_block",
    "/block?b_channels_out=6",
    "/block?b_channels_in=1&b_shortcut=padding&b_channels_out=0&b_stride=9",
    "/block?b_part=side",
    "/block?b_part=side&b_compared=shortcuts&b_channels_out=6&b_stride=2",
    "/block?b_part=side&b_compared=skips",
    "/block?b_part=side&b_compared=joins",
    "/block?b_part=breaks",
    "/block?b_part=breaks&case=as-printed&case_in=2&case_out=1&case_side=9",
    "/block?b_part=breaks&case=no-projection",
    f"/block?{BLOCK_VALUE} value_exact",
    "/block?b_part=identity",
    "/block?b_part=identity&b_claim=append",
    "/block?b_part=identity&b_claim=append&b_run={residual}",
    "/block?b_part=identity&b_claim=lesions",
    "/block?b_part=identity&b_claim=lesions&b_run={residual}&b_beside={plain}",
    "/block?b_part=identity&b_claim=ratios&b_run={residual}&b_beside={plain}",
    "/block?b_part=identity&b_claim=scale",
    "/block?b_part=identity&b_claim=decay",
    # Compare
    "/compare",
    "/compare more_options",
    "/compare?nets=resnet18,nothing,this&network=resnet34&measure=macs&by=kind",
    "/compare?part=table&nets=resnet18,resnet20",
    "/compare?part=picture&nets=resnet20,block~basic~depths~1.1~widths~8.16&size=32",
    "/compare?part=picture&nets=resnet20,block~basic~depths~1.1~widths~8.16&size=32&through=yes",
    "/compare?part=all",
    "/compare?nets=norm~instance,block~basic~norm~instance&size=1",
    # Training
    "/training",
    "/training?t_set=own",
    "/training?t_set=own&t_data=zip&t_optimiser=adam",
    "/training?t_set=own&t_data=cifar10",
    "/training?t_set=own&t_depths=7",
    "/training?t_set=own&t_kinds=plain&t_norms=",
    "/training?t_runs={residual},{plain} t_rename t_delete",
    "/training?t_runs={residual}&t_curve=test_error&t_log=yes",
    "/training?t_runs={going}",
    "/training?t_runs={failed},000000000000",
    # Gradient flow
    "/gradient-flow",
    "/gradient-flow?g_nets=plain-8,residual-8",
    "/gradient-flow?g_nets=plain-8,this,nothing&network=preact18&g_pictures=photographs&g_side=16",
    "/gradient-flow?g_nets=plain-8,residual-8&g_by=initialisation",
    "/gradient-flow?g_nets=plain-8,residual-8&g_by=input",
    "/gradient-flow?g_by=epoch&g_from={residual}&g_epochs=0,1",
    "/gradient-flow?g_by=run&g_runs={residual},{plain}",
    # Transfer learning
    "/transfer",
    "/transfer?x_source=network&network=resnet18&x_way=layer3&x_data=digits",
    "/transfer?x_source=network&network=vgg16",
    "/transfer?x_source=run&x_run={residual}&x_way=added",
    "/transfer?x_data=zip&x_way=all",
    "/transfer?x_each=500",
    "/transfer?x_runs=source-{source},head-{head}",
)
