"""openstacksdk's message proxy, without an identity service."""

from keystoneauth1 import noauth, session
from openstack import connection
from openstack.message.v2 import claim


class ProjectAuth(noauth.NoAuth):
    """No authentication, for one project: the SDK takes the project header from its auth plugin."""

    def __init__(self, project):
        super().__init__()
        self.project = project

    def get_project_id(self, session, **kwargs):
        return self.project


def messaging(url, project):
    """It is given the root and finds the version by itself."""
    cloud = connection.Connection(
        session=session.Session(auth=ProjectAuth(project)),
        message_endpoint_override=url,
        message_api_version="2",
    )
    return cloud.message


def create_claim(sdk, queue, **terms):
    """The SDK's call without its proxy: with a connection at hand a resource replaces its `location`, from which
    `create_claim` of version 4.22.0 then wants to read the claim id."""
    return claim.Claim.new(queue_name=queue, **terms).create(sdk)
