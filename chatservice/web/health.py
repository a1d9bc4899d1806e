"""Whether the service lives; says nothing about anybody."""

from quart import Blueprint, Response

blueprint = Blueprint("health", __name__)


@blueprint.get("/halsa")
async def health() -> Response:
    """Answer as long as the service can answer at all."""
    return Response("ok\n", mimetype="text/plain")
