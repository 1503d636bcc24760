"""Links that open CloudFormation's console with a template and its values filled in.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from cfngen.aws.session import stacks_page


def quick_create_link(
    template_url: str,
    stack_name: str,
    parameters: Mapping[str, str],
    *,
    region: str,
    partition: str = "aws",
) -> str:
    """The link that creates a stack; it cannot update one, and knows no tags.

    Arguments:
        template_url: where S3 has the template.
        parameters: the values to fill in. What a person must not read does not belong into a link.

    >>> link = quick_create_link("https://s3/b/a.yaml", "dev-a", {"Word": "two words"}, region="eu-west-1")
    >>> link.partition("review?")[2]
    'templateURL=https%3A%2F%2Fs3%2Fb%2Fa.yaml&stackName=dev-a&param_Word=two%20words'
    """
    asked = {"templateURL": template_url, "stackName": stack_name}
    asked |= {f"param_{name}": value for name, value in parameters.items()}
    query = urlencode(asked, quote_via=quote, safe="")
    return f"{stacks_page(partition, region)}create/review?{query}"
